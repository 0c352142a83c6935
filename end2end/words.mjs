// The words by which the specs find things, in the languages of the product. Elements are found as
// people find them: a changed word fails here, and is changed here.
export const WORDS = {
  en: {
    overview: 'Overview', alarms: 'Alarms', capacity: 'Capacity', changes: 'Changes', activity: 'Activity',
    state: 'State', inAlarm: 'In alarm', acknowledgedFilter: 'Acknowledged', notAcknowledged: 'Not acknowledged',
    acknowledge: 'Acknowledge', note: 'Note', looksAfter: 'looks after it', giveBack: 'Give back',
    plan: 'Plan a scale event', count: 'How many', reason: 'Reason', propose: 'Propose', calls: 'The exact AWS calls',
    approve: 'Approve', reject: 'Reject', approveTitle: 'Approve this change request?', ownApproval: /Someone else must decide/,
    steps: 'Steps', done: 'done', running: 'Running', over: 'Over', min: 'Min', progress: 'Progress',
    changeArea: 'Change requests', proposed: 'proposed', approved: 'approved', applied: 'applied',
    theme: 'Dark theme', account: 'Account', signOut: 'Sign out', search: 'Search',
    palette: 'Type a page, target, alarm or change request', notFound: 'Not found', exactly: 'Exactly',
    wholeNumber: 'Enter a whole number from 0 to 5000.', sayWhy: 'Say why: the approver decides on it.', until: 'Until',
    withdraw: 'Withdraw', nobody: 'nobody',
    enterTime: 'Enter a date and a time.', skip: 'Skip to content', live: 'Live', endEarly: 'End early',
  },
  ko: {
    overview: '개요', alarms: '경보', capacity: '용량', changes: '변경 요청', activity: '활동 기록',
    state: '상태', inAlarm: '경보 발생', acknowledgedFilter: '확인됨', notAcknowledged: '확인 안 된 것만',
    acknowledge: '확인', note: '메모', looksAfter: '담당:', giveBack: '담당 해제',
    plan: '스케일 이벤트 계획', count: '수량', reason: '사유', propose: '제안', calls: '실행할 AWS 호출',
    approve: '승인', reject: '반려', approveTitle: '이 변경 요청을 승인할까요?', ownApproval: /작성/,
    steps: '실행 단계', done: '완료', running: '진행 중', over: '종료됨', min: '최소', progress: '진행 상황',
    changeArea: '변경 요청', proposed: '제안', approved: '승인', applied: '적용 완료',
    theme: '어두운 테마', account: '계정', signOut: '로그아웃', search: '검색',
    palette: '페이지, 대상, 경보, 변경 요청 입력', notFound: '찾을 수 없음', exactly: '정확히',
    wholeNumber: '0 이상 5000 이하의 정수를 입력하세요.', sayWhy: '사유를 입력하세요. 승인자가 판단하는 근거입니다.', until: '종료 시각',
    withdraw: '철회', nobody: '없음',
    enterTime: '날짜와 시각을 입력하세요.', skip: '본문으로 건너뛰기', live: '실시간', endEarly: '조기 종료',
  },
};
